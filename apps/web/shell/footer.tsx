import { answeredAt } from '../data/connection.js';
import { rest } from '../data/links.js';
import { clockSeconds } from '../format/time.js';
import { status } from './status.js';

export function Footer() {
  const at = answeredAt.value;
  const now = status.value;
  return (
    <footer class="page-foot">
      <ul>
        <li>Murmuration{now ? ` ${now.version}` : ''}</li>
        <li>{at ? `Counts as of ${clockSeconds(at)}; all times are UTC` : 'All times are UTC'}</li>
        <li>Every number leads to its posts</li>
        <li>
          <a class="drill" href={rest.docs}>
            API
          </a>
        </li>
      </ul>
    </footer>
  );
}
