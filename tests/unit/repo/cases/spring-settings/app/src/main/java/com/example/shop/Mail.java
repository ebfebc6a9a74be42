package com.example.shop;

@ConfigurationProperties(prefix = "shop.mail")
public class Mail {
    private String senderAddress;
    private List<String> copies = new ArrayList<>();

    @Value("${shop.mail.footer}")
    String footer;
}
