import { type DataSource } from 'typeorm';

import { type Sql, sqlOf } from '#libs/db';

export type GenerationState = 'creating' | 'building' | 'live' | 'retired' | 'dropping' | 'dropped';

export interface Generation {
  readonly generation: number;
  readonly state: GenerationState;
  readonly topic: string;
  readonly fromRaw: boolean;
  readonly rebuild: string | null;
  /** Events on it that are in the log. */
  readonly announced: readonly string[];
  readonly retiredAt: Date | null;
  readonly droppedAt: Date | null;
}

const columns = `generation, state, enriched_topic as topic, from_raw as "fromRaw", rebuild, announced,
  retired_at as "retiredAt", dropped_at as "droppedAt"`;

/** Which generations there are. */
export class GenerationStore {
  readonly sql: Sql;

  constructor(readonly dataSource: DataSource) {
    this.sql = sqlOf(dataSource);
  }

  all(): Promise<Generation[]> {
    return this.sql<Generation>(`select ${columns} from aggregate.generations order by generation`);
  }

  /** Those that are folded. */
  folded(): Promise<Generation[]> {
    return this.sql<Generation>(
      `select ${columns} from aggregate.generations where state in ('building', 'live', 'retired')
       order by generation`,
    );
  }

  async live(): Promise<Generation> {
    const [live] = await this.sql<Generation>(
      `select ${columns} from aggregate.generations where state = 'live'`,
    );
    if (!live) throw new Error('there is no live generation');
    return live;
  }

  async ofRebuild(rebuild: string): Promise<Generation | null> {
    const [found] = await this.sql<Generation>(
      `select ${columns} from aggregate.generations where rebuild = $1 order by generation desc limit 1`,
      [rebuild],
    );
    return found ?? null;
  }

  async add(topic: string, fromRaw: boolean, rebuild: string | null): Promise<Generation> {
    const [made] = await this.sql<Generation>(
      `insert into aggregate.generations (generation, state, enriched_topic, from_raw, rebuild)
       select coalesce(max(generation), 0) + 1, 'creating', $1, $2, $3 from aggregate.generations
       returning ${columns}`,
      [topic, fromRaw, rebuild],
    );
    if (!made) throw new Error('no generation was made');
    return made;
  }

  async setTopic(generation: number, topic: string): Promise<void> {
    await this.sql('update aggregate.generations set enriched_topic = $2 where generation = $1', [
      generation,
      topic,
    ]);
  }

  async setState(generation: number, state: GenerationState): Promise<void> {
    await this.sql(
      `update aggregate.generations set state = $2,
         dropped_at = case when $2 = 'dropped' then now() else dropped_at end
       where generation = $1`,
      [generation, state],
    );
  }

  async announced(generation: number, event: string): Promise<void> {
    await this.sql(
      'update aggregate.generations set announced = announced || $2::text where generation = $1',
      [generation, event],
    );
  }
}
