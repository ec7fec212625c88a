export * from './collection.js';
export * from './job.js';
export * from './post.js';
export * from './problem.js';
export * from './rebuild.js';
export * from './summary.js';
