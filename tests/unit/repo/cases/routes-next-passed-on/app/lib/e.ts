export * from './d';
