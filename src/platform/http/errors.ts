import { problemCatalogue } from '../../kernel/problem';

export const requestProblem = problemCatalogue('request', {
  invalid: { kind: 'invalid', title: 'The request is not what this route takes' },
  'malformed-json': { kind: 'invalid', title: 'The body is not JSON' },
  'unknown-path': { kind: 'not-found', title: 'There is nothing at this path' },
  'method-not-allowed': { kind: 'unsupported', title: 'This path does not take that method' },
  'body-too-large': { kind: 'too-large', title: 'The body is too large' },
  'unsupported-media-type': { kind: 'unsupported', title: 'The body must be plain JSON' },
  'too-many': { kind: 'rate-limited', title: 'Too many requests' },
});

export const idempotencyProblem = problemCatalogue('idempotency', {
  'key-required': { kind: 'invalid', title: 'An Idempotency-Key header is required' },
  'malformed-key': {
    kind: 'invalid',
    title: 'The Idempotency-Key is not 1 to 255 visible characters',
  },
  'key-reused': { kind: 'unprocessable', title: 'The key was used for another request' },
  'in-progress': { kind: 'conflict', title: 'A request with this key is still being worked on' },
  expired: {
    kind: 'conflict',
    title: 'The request with this key was done; its reply is no longer kept',
  },
});

export const serviceProblem = problemCatalogue('service', {
  unavailable: { kind: 'unavailable', title: 'The service cannot do this at the moment' },
  busy: { kind: 'unavailable', title: 'The service is too busy to do this at the moment' },
});
