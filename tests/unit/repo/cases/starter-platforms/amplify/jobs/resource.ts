import { defineFunction } from "@aws-amplify/backend";
export const jobs = defineFunction({
  name: "nightly",
  schedule: "every day",
  timeoutSeconds: 60,
  runtime: 20,
});
