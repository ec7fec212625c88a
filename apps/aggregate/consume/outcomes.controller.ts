import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';

import { topics } from '#libs/events';
import { type Batch, BatchContext } from '#libs/kafka';

import { type GenerationReader } from './generation-reader.js';

/** Hands what is read to the generation that it is read for. */
@Controller()
export class OutcomesController {
  /** The enriched topic of whatever generation: rebuilds from raw have one of their own. */
  @EventPattern<string>(topics.enriched.name)
  outcomes(@Payload() batch: Batch, @Ctx() context: BatchContext<GenerationReader>): Promise<void> {
    return context.subscription.outcomes(batch);
  }

  @EventPattern<string>(topics.jobs.name)
  events(@Payload() batch: Batch, @Ctx() context: BatchContext<GenerationReader>): Promise<void> {
    return context.subscription.events(batch);
  }
}
