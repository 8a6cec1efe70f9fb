export { Database, connectionSettings, type DatabaseOptions } from './database';
export { constraintOf, isConnectionLoss, sqlState } from './errors';
export { Session, type PreparedCall } from './session';
export type { Bindings } from './sql';
export type { Actor, Db, Scope, Tx } from './transaction';
