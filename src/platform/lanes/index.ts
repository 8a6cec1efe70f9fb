export { Lane, laneProblem, type LaneOptions, type Outcome, type Turn } from './lane';
