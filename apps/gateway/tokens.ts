/** Injection tokens of what is made outside Nest. */
export const BLOBS = Symbol('BLOBS');
export const REQUESTS = Symbol('REQUESTS');
export const RAW_LOG = Symbol('RAW_LOG');
export const SETTINGS = Symbol('SETTINGS');
/** `RequestsEnvironment`: the clock, and where new ids come from. */
export const ENVIRONMENT = Symbol('ENVIRONMENT');

/** What the gateway tells about itself. */
export interface Settings {
  readonly version: string;
  /** Address under which people reach this server, without a slash at the end. */
  readonly url: () => string;
  /** What links begin with: '' where callers use the same address as this server. */
  readonly publicUrl: string;
}
