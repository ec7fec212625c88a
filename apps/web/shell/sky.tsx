import { useEffect, useRef, useState } from 'preact/hooks';

import type { Status } from '#libs/api';

import { rest } from '../data/links.js';
import { useResource } from '../data/resource.js';
import { count } from '../format/numbers.js';
import { type Flock, createFlock } from './flock.js';
import { moving, status } from './status.js';

/** A bird for each post newly counted, told by how far the server's own total has moved between two looks. */
export function Sky() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flock = useRef<Flock | null>(null);
  const seen = useRef<number | null>(null);
  const [per, setPer] = useState(1);
  const { data } = useResource<Status>(rest.status, { every: () => (moving.value ? 1_000 : 3_000) });

  useEffect(() => {
    if (canvas.current === null) return undefined;
    const made = createFlock(canvas.current);
    flock.current = made;
    return () => made.stop();
  }, []);

  useEffect(() => {
    if (!data || !flock.current) return;
    status.value = data;
    if (seen.current === null) flock.current.start(data.postsLastMinute);
    // A total can shrink (a deleted collection); nothing takes off then.
    else if (data.posts > seen.current) flock.current.arrive(data.posts - seen.current);
    seen.current = data.posts;
    setPer(flock.current.per);
  }, [data]);

  const title =
    per === 1 ? 'One bird for each post of the last minute' : `One bird for ${per} posts of the last minute`;
  return (
    <div class={data?.collections === 0 ? 'sky clear' : 'sky'} title={title}>
      <canvas ref={canvas} aria-hidden="true" />
      <p class="rate">
        <b>{data ? count(data.postsLastMinute) : '–'}</b>
        posts a minute
      </p>
    </div>
  );
}
