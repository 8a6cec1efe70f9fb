export {
  Database,
  connectionSettings,
  constraintOf,
  sqlState,
  type Actor,
  type Bindings,
  type DatabaseOptions,
  type Db,
  type Scope,
  type Tx,
} from './database';
