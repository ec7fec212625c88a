import { useEffect } from 'preact/hooks';

/** The page's name in the tab and the history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Murmuration' : `${title} · Murmuration`;
  }, [title]);
}
