export type { Applicant, BilingualText } from './applicant';
export {
  CREDIT_OUTCOMES,
  isAgainstLaw,
  lifetimePd,
  takeDecision,
  type CreditDecision,
  type CreditOutcome,
  type DecisionInputs,
  type RecordedDecision,
  type Score,
  type ScoreReason,
  type StoredDecisionOutput,
} from './decision';
export { CreditFileError, creditProblem } from './errors';
export {
  expectedLoss,
  exposuresOf,
  interestBearing,
  type ExpectedLoss,
  type Exposure,
  type ImpairmentPolicy,
  type LossTerms,
  type Scenario,
} from './expected-loss';
export {
  gradeNamed,
  gradeOf,
  lossGivenDefault,
  pdOf,
  SECURITIES,
  type Grade,
  type LossGivenDefault,
  type MasterScale,
  type Security,
} from './grades';
export { binShares, hashOfCard, predictByCard, type CardFile } from './card-file';
export { benchmarkOf, kindsOf, partsOf, trainCard, type TrainedCard } from './card-training';
export { stratifiedFolds, type Fold } from './folds';
export {
  applicantOf,
  dayOf,
  missingColumns,
  outcomeOf,
  type ApplicantMapping,
  type CellOf,
  type MappedRow,
} from './mapping';
export { aucEstimate, compareAucs, type AucComparison, type AucEstimate } from './delong';
export {
  approvedSafest,
  fairnessTable,
  FOUR_FIFTHS,
  type FairnessCases,
  type GroupFairness,
} from './fairness';
export {
  CHALLENGER_OPTIONS,
  challengerModel,
  fitGbdt,
  predictGbdt,
  type GbdtModel,
  type GbdtOptions,
} from './gbdt';
export { binomialAtLeast, testGrade, type GradeOutcome, type TestedGrade } from './grade-test';
export { brier, calibration, gini, ks, psi, rocAuc, type Calibration } from './metrics';
export {
  brierParts,
  calibrationError,
  hosmerLemeshow,
  logLoss,
  reliabilityBands,
  type BrierParts,
  type GoodnessOfFit,
  type ReliabilityBand,
} from './reliability';
export { driftLevel, driftOf, type BandCounts, type Drift, type DriftLevel } from './stability';
export {
  cardModel,
  crossValidate,
  performanceOf,
  type CrossValidated,
  type FoldModel,
  type Performance,
} from './performance';
export {
  binLabel,
  scoreApplicant,
  Scorecard,
  type CardBin,
  type CardCharacteristic,
  type CardRules,
  type Reason,
  type Scaling,
  type ScoredApplicant,
} from './scorecard';
export { reportInput, type Rival, type ScorecardReportInput } from './report/input';
export { renderScorecardReport } from './report/scorecard-report';
export { readCardFile, readMapping, readTrainingDescription } from './scorecard.schema';
export { fitModel, predict, USUAL_OPTIONS, type TrainingOptions } from './training';
export type { TrainingDescription, ValidationPlan } from './training-description';
export {
  applicantAt,
  rowsWhere,
  takeRows,
  trainingTable,
  type ColumnKind,
  type TrainingRow,
  type TrainingTable,
} from './training-table';
export { creditChecks } from './integrity';
export { creditReplayJobs } from './jobs';
export { ModelLibrary, type DecidingModels } from './library.service';
export type { KeptModel, Model, ModelKind } from './model';
export { priceOffer, type OfferTerms, type PricingModels } from './offer';
export { OVERRIDE_REASONS, type OverrideProposal, type OverrideReason } from './override';
export { priceLoan, type CostCeiling, type LoanPrice, type PriceParts, type Priced } from './price';
export { baseRate, marginOf, routeOf, type PricingPolicy } from './pricing-policy';
export {
  monitor,
  type GroupCell,
  type MonitoredCard,
  type MonitoringFacts,
  type MonitoringReport,
  type OutcomeCell,
  type SwapCell,
  type VintageCell,
} from './monitoring';
export { verdictOf, type Judgement, type Verdict, type VerdictReason } from './monitoring-verdict';
export { creditMonitoringJobs } from './monitoring.jobs';
export { creditMonitoringRoutes, type CreditMonitoringRouteDeps } from './monitoring.routes';
export { CreditMonitoring, type CreditMonitoringDeps } from './monitoring.service';
export type { MonitoringRun } from './monitoring.store';
export { OUTCOME_EVENTS, type LoanOutcome, type OutcomeEvent } from './outcome';
export { REPAYMENTS, type Repayment } from './repayment';
export { creditRoutes, type CreditRouteDeps } from './routes';
export { readScorecard, type ScoringModel } from './scoring.service';
export {
  CreditService,
  type CreditDeps,
  type CreditRequest,
  type ReplayedCreditDecision,
  type StandingDecision,
} from './service';
export { stageOf, type Stage, type StageFacts, type StageReason, type StageVerdict } from './stage';
export { SurvivalCurve, type PdPoint } from './survival';
