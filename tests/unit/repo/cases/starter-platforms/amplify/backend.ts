import { defineBackend } from "@aws-amplify/backend";
import { auth } from "./auth/resource";
defineBackend({ auth });
backend.jobs.addEnvironment("JOBS_BUCKET", bucket);
