package example.invoices;

import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/invoices")
public class InvoiceController {
    private final InvoiceSender sender;

    @Value("${invoices.currency:EUR}")
    private String currency;

    public InvoiceController(InvoiceSender sender) {
        this.sender = sender;
    }

    @PostMapping
    public ResponseEntity<Map<String, String>> create(@RequestBody Map<String, Object> invoice) {
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(Map.of("id", sender.send(invoice), "currency", currency));
    }

    @GetMapping("/{id}")
    public Map<String, String> read(@PathVariable String id) {
        return Map.of("id", id);
    }

    @RequestMapping(value = "/{id}/void", method = RequestMethod.DELETE)
    public void voidInvoice(@PathVariable String id) {
        sender.send(Map.of("id", id, "void", true));
    }
}
