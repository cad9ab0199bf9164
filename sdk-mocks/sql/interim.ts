import type { Warehouse } from './contract.ts';
export function createWarehouse(_: unknown): Warehouse {
  return {
    async execute() {
      throw new Error('no engine');
    },
    async loadFile() {
      throw new Error('no engine');
    },
    async close() {},
  };
}
