"""ReceiptWitness: reads receipts, and tells the other services of purchases and prices."""
