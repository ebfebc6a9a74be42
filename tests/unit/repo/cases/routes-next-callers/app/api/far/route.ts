export * from "@elsewhere/routes"
