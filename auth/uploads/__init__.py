"""What an uploaded file is, judged by its content, and whether it may be kept."""
