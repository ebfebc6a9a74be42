import { defineFunction } from "@aws-amplify/backend";
export const jobs = defineFunction({
  name: "nightly",
  schedule: "every day",
  timeoutSeconds: 60,
  runtime: 20,
});

export const labels = defineFunction({
  name: "labels",
  environment: { LABELS_URL: "https://labels.example.com", LABELS_KEY: secret("LABELS_KEY") },
});
