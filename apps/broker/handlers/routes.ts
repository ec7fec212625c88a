import { apiVersions } from '../protocol/api-versions.js';
import { type RequestHeader } from '../protocol/api.js';
import { ErrorCode } from '../protocol/error-code.js';
import { finder } from '../server/listen.js';
import { type Route, route } from '../server/route.js';
import { configRoutes } from './configs.js';
import { type Context } from './context.js';
import { discoveryRoutes } from './discovery.js';
import { fetchRoute } from './fetch.js';
import { groupRoutes } from './groups.js';
import { produceRoute } from './produce.js';
import { topicRoutes } from './topics.js';

/** Every API that this broker speaks; what it advertises is read off the same list. */
export function routesOf(context: Context): (header: RequestHeader) => Route | undefined {
  const work = [
    produceRoute(context),
    fetchRoute(context),
    ...discoveryRoutes(context),
    ...groupRoutes(context),
    ...topicRoutes(context),
    ...configRoutes(context),
  ];
  const apis = [...work, apiVersions]
    .map(({ key, min, max }) => ({ key, min, max }))
    .toSorted((a, b) => a.key - b.key);
  const versions = route(apiVersions, () => ({ error: ErrorCode.none, apis }));
  const refusal = route(apiVersions, () => ({
    error: ErrorCode.unsupportedVersion,
    apis: apis.filter(({ key }) => key === apiVersions.key),
  }));
  // In version 0, which every client reads, with no flexible header.
  const tooNew: Route = {
    ...refusal,
    handle: (from, _version, exchange) => refusal.handle(from, 0, exchange),
  };
  return finder([...work, versions], tooNew);
}
