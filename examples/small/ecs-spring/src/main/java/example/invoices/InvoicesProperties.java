package example.invoices;

import org.springframework.boot.context.properties.ConfigurationProperties;

@ConfigurationProperties("invoices")
public record InvoicesProperties(String queueUrl, int batchSize) {}
