import { type DynamicModule, Module } from '@nestjs/common';

import { type Logger, RuntimeModule } from '#libs/runtime';

import { EnrichController } from './enrich.controller.js';
import { OutcomeWriter } from './outcome.writer.js';

export interface EnrichParts {
  readonly logger: Logger;
  readonly writer: OutcomeWriter;
}

/**
 * Owns what a post of each platform and version means. Promises one outcome for each raw record, in the partition and
 * the order of the raw ones, written before the raw offset moves; a generation that is built from raw gets all of them
 * from the beginning. Refuses to keep anything: all it knows is in the record, and in the rebuild events.
 */
@Module({})
export class EnrichModule {
  static for({ logger, writer }: EnrichParts): DynamicModule {
    return {
      module: EnrichModule,
      imports: [RuntimeModule.for(logger)],
      controllers: [EnrichController],
      providers: [{ provide: OutcomeWriter, useValue: writer }],
    };
  }
}
