import type { ComponentChildren } from 'preact';

export interface Column<T> {
  readonly name: string;
  readonly kind?: 'number' | 'right' | 'key';
  readonly cell: (row: T) => ComponentChildren;
}

interface Props<T> {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
}

const side = (kind: Column<unknown>['kind']): string =>
  kind === 'number' || kind === 'right' ? 'right' : '';

export function Table<T>({ caption, columns, rows, rowKey }: Props<T>) {
  return (
    <div class="table-wrap" role="region" aria-label={`${caption}, table`} tabIndex={0}>
      <table>
        <caption class="only-readers">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" class={side(column.kind)}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.name} class={column.kind}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
