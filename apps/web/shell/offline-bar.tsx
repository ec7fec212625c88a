import { useEffect } from 'preact/hooks';

import { knockNow, lostAt } from '../data/connection.js';
import { clockSeconds } from '../format/time.js';
import { Icon } from '../parts/icon.js';

/** The page stays as it was, says since when, and tries again by itself. */
export function OfflineBar() {
  const lost = lostAt.value;
  useEffect(() => {
    document.documentElement.classList.toggle('offline', lost !== null);
  }, [lost]);
  return (
    <div role="status" aria-live="polite">
      {lost && (
        <div class="bar-offline">
          <div>
            <Icon name="off" />
            <p>
              <b>This page lost its connection at {clockSeconds(lost)}.</b> What you see is from then; it
              catches up by itself when the connection is back.
            </p>
            <button type="button" class="button small" onClick={knockNow}>
              Try now
            </button>
          </div>
        </div>
      )}
    </div>
  );
}
