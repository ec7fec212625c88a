export * from './config.js';
export * from './health.controller.js';
export * from './logger.js';
export * from './metrics.js';
export * from './process.js';
export * from './runtime.module.js';
export * from './tracing.js';
