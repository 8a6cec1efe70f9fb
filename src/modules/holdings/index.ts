export { holdingProblem } from './errors';
export type { RegisterExtract } from './extract';
export type { Instrument, InstrumentDraft, InstrumentKind } from './instrument';
export { holdingChecks } from './integrity';
export type { HolderLimit, Issuance, IssuanceOrder } from './issuance';
export { lotsOf, split as splitLots, type Lot, type LotMove } from './lots';
export type { RegisterParties } from './parties';
export {
  replay,
  type Holder,
  type RegisterEvent,
  type RegisterEventKind,
  type RegisterSource,
  type RegisterState,
} from './register';
export { RegisterService, type OwnHolding, type RegisterDeps } from './register.service';
export type { ProposedTransfer, TransferRestriction } from './restriction';
export { holdingRoutes, type HoldingRouteDeps } from './routes';
export {
  HoldingsService,
  type AllottedShares,
  type CancellationOrder,
  type Entered,
  type HoldingsDeps,
  type SeriesCancellation,
  type TransferOrder,
} from './service';
export { sharesOfTotal } from './share-of-total';
