export * from '../../lib/d';
