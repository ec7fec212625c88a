import { Controller, Get, Header, HttpCode, HttpException, Inject } from '@nestjs/common';

import { prometheusText } from './metrics.js';

/** What must be true for the process to be ready, by name: connected, partitions assigned, migrations done … */
export class Readiness {
  readonly #conditions = new Map<string, boolean>();

  /** Declares or changes a condition. The process is ready when all declared ones are met. */
  set(condition: string, met: boolean): void {
    this.#conditions.set(condition, met);
  }

  get missing(): string[] {
    return [...this.#conditions].filter(([, met]) => !met).map(([condition]) => condition);
  }
}

@Controller()
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  @Get('health/live')
  @HttpCode(200)
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  ready(): { status: 'ok' } {
    const { missing } = this.readiness;
    if (missing.length > 0) throw new HttpException({ status: 'not ready', missing }, 503);
    return { status: 'ok' };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return prometheusText();
  }
}
