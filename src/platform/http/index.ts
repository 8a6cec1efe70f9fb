export { createHttpApp, liveRoutes, type HttpAppOptions } from './app';
export { idempotencyProblem, requestProblem, serviceProblem } from './errors';
export { forgetReplies } from './idempotency';
export { keyRoutes } from './key-routes';
export { listen, requirePort, type Listening } from './listen';
export { openApiDocument, operationId, type ApiMeta } from './openapi';
export { STATUS_OF_KIND, statusOf } from './problem-reply';
export {
  route,
  type Access,
  type Method,
  type Once,
  type RateLimit,
  type Reply,
  type ReplyHeaders,
  type ReplyOf,
  type Route,
  type RouteRequest,
} from './route';
export type { ReadinessCheck } from './system-routes';
export * from './wire';
