import type { ComponentChildren } from 'preact';

import { Icon } from '../parts/icon.js';

/** The way back up. The last one is the page itself. */
export const Crumbs = ({
  trail,
  here,
}: {
  trail: readonly { href: string; name: string }[];
  here: ComponentChildren;
}) => (
  <nav aria-label="You are here">
    <ol class="crumbs">
      {trail.map(({ href, name }) => (
        <li key={href}>
          <a class="link" href={href}>
            <bdi>{name}</bdi>
          </a>
          <Icon name="right" size={12} />
        </li>
      ))}
      <li aria-current="page">
        <span>{here}</span>
      </li>
    </ol>
  </nav>
);
