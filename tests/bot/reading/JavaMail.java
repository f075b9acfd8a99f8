import java.util.Properties;
import jakarta.mail.*;
import jakarta.mail.internet.*;

class JavaMail {
    public static void main(String[] to) throws Exception {
        Properties settings = new Properties();
        settings.put("mail.smtp.host", "127.0.0.1");
        settings.put("mail.smtp.port", to[0]);
        settings.put("mail.smtp.auth", "true");
        settings.put("mail.smtp.timeout", "5000");
        settings.put("mail.smtp.connectiontimeout", "5000");
        settings.put("mail.smtp.ssl.trust", "*");
        if (to[1].equals("ssl")) settings.put("mail.smtp.ssl.enable", "true");
        if (to[1].equals("starttls")) settings.put("mail.smtp.starttls.required", "true");
        Session session = Session.getInstance(settings);
        session.setDebug(true);
        MimeMessage message = new MimeMessage(session);
        message.setFrom("bob@plover.example");
        message.setRecipients(Message.RecipientType.TO, "a@plover.example");
        message.setText("x");
        Transport.send(message, "bob@plover.example", "Wachtelkoenig7");
    }
}
