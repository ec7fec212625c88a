import { type FastifyInstance } from 'fastify';

import { meter } from '#libs/runtime';

const requests = meter.createCounter('murmuration_gateway_requests_total', {
  description: 'Answers by method, route and status.',
});
const duration = meter.createHistogram('murmuration_gateway_request_seconds', {
  description: 'From the first byte of a request to the last of its answer.',
  unit: 's',
  advice: { explicitBucketBoundaries: [0.005, 0.02, 0.1, 0.5, 2, 10, 60] },
});

/** Counts and times every answer, by route, not by address: there are few routes. */
export function measure(server: FastifyInstance): void {
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    requests.add(1, { method: request.method, route, status: reply.statusCode });
    duration.record(reply.elapsedTime / 1000, { method: request.method, route });
  });
}
