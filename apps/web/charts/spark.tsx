import { useRef } from 'preact/hooks';

import { useWidth } from './use-width.js';

const HEIGHT = 34;

/** The shape of a collection over its own span, without axes. */
export function Spark({ values }: { values: readonly number[] }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const max = Math.max(1e-6, ...values);
  const x = (i: number): string => ((i * width) / Math.max(1, values.length - 1)).toFixed(1);
  const y = (v: number): string => (2 + (HEIGHT - 2) * (1 - v / max)).toFixed(1);
  const line = values.map((v, i) => `${i === 0 ? 'M' : 'L'}${x(i)} ${y(v)}`).join('');
  return (
    <div class="spark" ref={box}>
      <svg width={width} height={HEIGHT + 2} aria-hidden="true">
        <path class="spark-base" d={`M0 ${HEIGHT + 0.5}H${width}`} />
        {values.length > 1 && (
          <>
            <path class="spark-area" d={`${line}L${width} ${HEIGHT}L0 ${HEIGHT}Z`} />
            <path class="spark-line" d={line} />
          </>
        )}
      </svg>
    </div>
  );
}
