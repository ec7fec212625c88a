import { signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');

function chosen(): string | null {
  try {
    return localStorage.getItem('theme');
  } catch {
    return null; // storage is switched off
  }
}

export const theme = signal<Theme>(document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light');

theme.subscribe((value) => {
  document.documentElement.dataset['theme'] = value;
});

system.addEventListener('change', () => {
  if (chosen() === null) theme.value = system.matches ? 'dark' : 'light';
});

/** Switches by hand; choosing what the system has anyway means following it again. */
export function switchTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  try {
    if ((theme.value === 'dark') === system.matches) localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme.value);
  } catch {
    // Not remembered then; the switch itself works.
  }
}
