export { Lane, laneProblem, type LaneOptions, type Outcome } from './lane';
