export * from './blob-store.js';
export * from './directory-blob-store.js';
