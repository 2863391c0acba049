"""limen"""
