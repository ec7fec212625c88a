import { useLocation } from 'preact-iso';

import { pages } from '../data/links.js';
import { Icon, Mark } from '../parts/icon.js';
import { keysShown } from './keys.js';
import { Sky } from './sky.js';
import { switchTheme, theme } from './theme.js';

const tabs = [
  {
    name: 'Collections',
    href: pages.collections,
    icon: 'list',
    is: (path: string) => path === '/' || path.startsWith('/collections'),
  },
  { name: 'System', href: pages.system, icon: 'gear', is: (path: string) => path.startsWith('/system') },
] as const;

export function Header() {
  const { path } = useLocation();
  const dark = theme.value === 'dark';
  return (
    <header class="top">
      <a class="skip" href="#main">
        To the content
      </a>
      <div class="top-in">
        <a class="brand" href="/">
          <Mark />
          <span>Murmuration</span>
        </a>
        <nav class="nav" aria-label="Main">
          {tabs.map((tab) => (
            <a key={tab.name} href={tab.href} {...(tab.is(path) ? { 'aria-current': 'page' } : {})}>
              {tab.name}
            </a>
          ))}
        </nav>
        <Sky />
        <div class="tools">
          <button
            type="button"
            class="icon-button keys-button"
            aria-label="All keys"
            title="All keys (?)"
            onClick={() => (keysShown.value = true)}
          >
            <Icon name="keys" size={18} />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={dark ? 'Light colours' : 'Dark colours'}
            title={dark ? 'Light colours' : 'Dark colours'}
            onClick={switchTheme}
          >
            <Icon name={dark ? 'sun' : 'moon'} size={18} />
          </button>
        </div>
      </div>
    </header>
  );
}

/** On phones the way around lies below the thumb. */
export function TabBar() {
  const { path } = useLocation();
  return (
    <nav class="tab-bar" aria-label="Main, below">
      {tabs.map((tab) => (
        <a key={tab.name} href={tab.href} {...(tab.is(path) ? { 'aria-current': 'page' } : {})}>
          <Icon name={tab.icon} size={20} />
          {tab.name}
        </a>
      ))}
    </nav>
  );
}
