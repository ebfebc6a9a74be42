const {
  API_KEY,
  PORT = "3000",
} = process.env;
