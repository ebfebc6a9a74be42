package example.invoices;

import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.sqs.SqsClient;

@Component
public class InvoiceSender {
    private final SqsClient sqs = SqsClient.create();
    private final InvoicesProperties properties;

    public InvoiceSender(InvoicesProperties properties) {
        this.properties = properties;
    }

    public String send(Map<String, Object> invoice) {
        String id = UUID.randomUUID().toString();
        sqs.sendMessage(request -> request.queueUrl(properties.queueUrl()).messageBody(id + invoice));
        return id;
    }
}
