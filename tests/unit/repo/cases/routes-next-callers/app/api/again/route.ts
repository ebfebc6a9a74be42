export * from "../health/route"
