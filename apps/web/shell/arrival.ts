const PATIENCE = 5_000;

let stop: () => void = () => undefined;

/**
 * After a move readers hear the new page: its heading takes the focus, also when it comes (or comes anew) with the
 * data. Whoever goes on by himself before that is not called back.
 */
export function arrive(): void {
  stop();
  const main = document.getElementById('main');
  if (!main) return;
  const focus = (): void => {
    const { activeElement } = document;
    const isFree = activeElement === null || activeElement === document.body || !activeElement.isConnected;
    if (isFree) main.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(focus);
  observer.observe(main, { childList: true, subtree: true });
  const timer = setTimeout(() => stop(), PATIENCE);
  const leave = (): void => stop();
  document.addEventListener('pointerdown', leave);
  document.addEventListener('keydown', leave);
  stop = () => {
    observer.disconnect();
    clearTimeout(timer);
    document.removeEventListener('pointerdown', leave);
    document.removeEventListener('keydown', leave);
    stop = () => undefined;
  };
  focus();
}
