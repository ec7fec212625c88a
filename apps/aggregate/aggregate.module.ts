import { type DynamicModule, Module } from '@nestjs/common';

import { type Logger, RuntimeModule } from '#libs/runtime';

import { OutcomesController } from './consume/outcomes.controller.js';

/**
 * Owns every counted table: the generations of projections and the pointer to the live one. Promises that rows and offsets
 * commit together, that each outcome counts as design section 4 says whatever is killed when, and that every
 * number can be rebuilt from the log and compared. Refuses tables that belong to another log, and anything that is no outcome.
 */
@Module({})
export class AggregateModule {
  static for(logger: Logger): DynamicModule {
    return {
      module: AggregateModule,
      imports: [RuntimeModule.for(logger)],
      controllers: [OutcomesController],
    };
  }
}
