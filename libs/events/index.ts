export * from './identity.js';
export * from './job-event.js';
export * from './job-state.js';
export * from './outcome.js';
export * from './post.js';
export * from './post-keys.js';
export * from './record.js';
export * from './topics.js';
