import { join } from 'node:path';

/** What decides where data is kept when nobody said. */
export interface DataFolderPlace {
  readonly platform: string;
  readonly home: string;
  /** `XDG_DATA_HOME`, where it is set. */
  readonly xdgDataHome: string | undefined;
  /** Postgres refuses to run as root and runs as another user then, who cannot enter root's home. */
  readonly root: boolean;
}

/** Where the one command keeps everything unless `MURMUR_DATA` says otherwise. */
export function defaultDataFolder({ platform, home, xdgDataHome, root }: DataFolderPlace): string {
  if (root)
    return platform === 'darwin' ? '/Library/Application Support/murmuration' : '/var/lib/murmuration';
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'murmuration');
  return join(xdgDataHome ?? join(home, '.local', 'share'), 'murmuration');
}
