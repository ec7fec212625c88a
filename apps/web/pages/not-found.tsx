import type { Problem } from '#libs/api';

import { useTitle } from './title.js';

export function NotFound() {
  useTitle('Nothing here');
  return (
    <div class="head grid">
      <div class="c9">
        <h1 tabIndex={-1}>Nothing is at this address</h1>
        <p class="lede">
          It may have been deleted, or the link may be cut off.{' '}
          <a class="drill" href="/">
            All collections
          </a>
        </p>
      </div>
    </div>
  );
}

/** What stands where a collection or a post should be that the server does not have. */
export function Missing({ problem }: { problem: Problem }) {
  useTitle(problem.title);
  return (
    <div class="head grid">
      <div class="c9">
        <h1 tabIndex={-1}>{problem.title}</h1>
        <p class="lede">
          {problem.detail}{' '}
          <a class="drill" href="/">
            All collections
          </a>
        </p>
      </div>
    </div>
  );
}
