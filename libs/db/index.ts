export * from './advisory-lock.js';
export { copyFields } from './copy.js';
export * from './data-source.js';
export * from './database-error.js';
export * from './migrate.js';
export * from './read-live.js';
export * from './retry.js';
export * from './transaction.js';
export * from './until-migrated.js';
