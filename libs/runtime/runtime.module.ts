import { type DynamicModule, Module } from '@nestjs/common';

import { HealthController, Readiness } from './health.controller.js';
import { type Logger } from './logger.js';

/** Injection token of the process' logger. */
export const LOGGER = Symbol('LOGGER');

/** Health, metrics, readiness and logger for every app. Owns nothing, refuses nothing. */
@Module({})
export class RuntimeModule {
  static for(logger: Logger): DynamicModule {
    return {
      module: RuntimeModule,
      global: true,
      controllers: [HealthController],
      providers: [Readiness, { provide: LOGGER, useValue: logger }],
      exports: [Readiness, LOGGER],
    };
  }
}
