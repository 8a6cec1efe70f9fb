export {
  route,
  type Access,
  type Method,
  type RateLimit,
  type Reply,
  type ReplyHeaders,
  type ReplyOf,
  type Route,
  type RouteRequest,
} from './route';
export * from './wire';
