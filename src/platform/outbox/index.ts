export type { DeadEvent, Listener, NewEvent, OutboxEvent, Payload } from './event';
export { Outbox } from './outbox';
export { OutboxRelay, type Delivered, type RelayDeps } from './relay';
export { listDead, reviveDead } from './store';
