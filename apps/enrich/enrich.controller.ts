import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';

import { topics } from '#libs/events';
import { type Batch, BatchContext } from '#libs/kafka';

import { type OpenFilling } from './filling.opener.js';
import { OutcomeWriter } from './outcome.writer.js';

/** Raw records in, outcomes out: into the topic that the subscription fills. */
@Controller()
export class EnrichController {
  constructor(@Inject(OutcomeWriter) private readonly writer: OutcomeWriter) {}

  @EventPattern<string>(topics.raw.name)
  enrich(@Payload() batch: Batch, @Ctx() { subscription }: BatchContext<OpenFilling>): Promise<void> {
    return this.writer.write(batch, subscription);
  }
}
